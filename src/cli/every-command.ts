import { DECLARATIONS } from './declare/declarations.js';
import { main } from './main.js';

main({ declarations: DECLARATIONS, bare: () => import('./commands/looking.js') });
