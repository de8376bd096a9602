import path from 'node:path';
import { assertInterval, describeSchedule, type Schedule, scheduledCommand } from '../schedule.js';

/**
 * A launch agent of macOS (launchd.plist(5)). launchd gives no terminal and hardly an environment, and starts no second
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
    '  <string>sesswatch</string>',
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

export const TASK_NAME = 'sesswatch';

/**
 * A task for `schtasks /Create /XML` (Task Scheduler schema 1.2): runs as the user who made it, only while they are
 * logged on, never twice at once. A task has no environment of its own: it gets the user's variables.
 *
 * @param startsAt ISO 8601 in local time without a zone, the first run
 * @throws SesswatchError `usage`
 */
export function taskSchedulerXml(schedule: Schedule, startsAt: string): string {
  assertInterval(schedule.everySeconds);
  const [node = '', ...rest] = scheduledCommand(schedule);
  return `${[
    '<?xml version="1.0" encoding="UTF-16"?>',
    '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">',
    '  <RegistrationInfo>',
    `    <Description>${xmlText(describeSchedule(schedule))}</Description>`,
    '  </RegistrationInfo>',
    '  <Triggers>',
    '    <TimeTrigger>',
    '      <Repetition>',
    `        <Interval>PT${schedule.everySeconds / 60}M</Interval>`,
    '        <StopAtDurationEnd>false</StopAtDurationEnd>',
    '      </Repetition>',
    `      <StartBoundary>${xmlText(startsAt)}</StartBoundary>`,
    '      <Enabled>true</Enabled>',
    '    </TimeTrigger>',
    '  </Triggers>',
    '  <Settings>',
    '    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>',
    '    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>',
    '    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>',
    '    <StartWhenAvailable>true</StartWhenAvailable>',
    '    <Hidden>true</Hidden>',
    '    <ExecutionTimeLimit>PT10M</ExecutionTimeLimit>',
    '  </Settings>',
    '  <Actions>',
    '    <Exec>',
    `      <Command>${xmlText(node)}</Command>`,
    `      <Arguments>${xmlText(rest.map(windowsWord).join(' '))}</Arguments>`,
    '    </Exec>',
    '  </Actions>',
    '</Task>',
  ].join('\r\n')}\r\n`;
}

/** One argument as the C runtime of Windows takes a command line apart: backslashes count only before a quote. */
function windowsWord(word: string): string {
  if (word !== '' && !/[\s"]/.test(word)) return word;
  return `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
}

/** Text between tags or in an attribute. */
function xmlText(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => ENTITIES[mark] ?? mark);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
