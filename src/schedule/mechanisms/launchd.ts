import path from 'node:path';
import { assertInterval, type Schedule, scheduledCommand } from '../schedule.js';
import { xmlText } from './xml.js';

const LAUNCHD_LABEL = 'sesswatch';

/**
 * A launch agent (launchd.plist(5)). launchd gives no terminal and hardly an environment, and starts no second
 * instance; what it prints goes to a log in the state folder.
 *
 * @throws SesswatchError `usage`
 */
export function launchdPlist(schedule: Schedule): string {
  assertInterval(schedule.everySeconds);
  const log = path.posix.join(schedule.stateHome, 'schedule.log');
  const words = scheduledCommand(schedule).map((word) => `    <string>${xmlText(word)}</string>`);
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '<dict>',
    '  <key>Label</key>',
    `  <string>${LAUNCHD_LABEL}</string>`,
    '  <key>ProgramArguments</key>',
    '  <array>',
    ...words,
    '  </array>',
    '  <key>EnvironmentVariables</key>',
    '  <dict>',
    '    <key>SESSWATCH_HOME</key>',
    `    <string>${xmlText(schedule.stateHome)}</string>`,
    '  </dict>',
    '  <key>StartInterval</key>',
    `  <integer>${schedule.everySeconds}</integer>`,
    '  <key>ProcessType</key>',
    '  <string>Background</string>',
    '  <key>StandardOutPath</key>',
    `  <string>${xmlText(log)}</string>`,
    '  <key>StandardErrorPath</key>',
    `  <string>${xmlText(log)}</string>`,
    '</dict>',
    '</plist>',
  ].join('\n')}\n`;
}
