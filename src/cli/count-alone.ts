import { declareCount } from './declare/count.js';
import { main } from './main.js';

main({ declarations: new Map([['count', declareCount]]) });
