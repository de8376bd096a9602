import { doctorText } from '../../output/text/doctor.js';
import { examineEnvironment } from '../../process/environment.js';
import { stateHome } from '../../state/home.js';
import { EXIT_DONE } from '../exit-codes.js';
import { type Command, printJson } from '../invocation.js';
import { styleOf } from '../style.js';
import { openWorld, refuseFrom, widthOf } from '../world.js';

/** What this machine lets sesswatch see, and what that means. */
export const doctor: Command<unknown> = async (invocation, options) => {
  refuseFrom(options, 'doctor looks at this machine');
  const world = await openWorld(invocation, options);
  const report = await examineEnvironment({
    platform: invocation.platform,
    env: invocation.env,
    stateHome: stateHome(invocation),
    configFiles: world.config.files.map(({ file }) => file),
    now: invocation.now(),
  });
  if (options.json === true) {
    printJson(invocation, report);
    return EXIT_DONE;
  }
  const style = await styleOf(invocation, world);
  const paint = { ok: style.green, note: style.yellow, problem: style.red };
  invocation.out(doctorText(report, (text, level) => paint[level](text), widthOf(invocation, options)));
  return EXIT_DONE;
};
