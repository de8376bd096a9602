import { assertInterval, describeSchedule, type Schedule, scheduledCommand } from '../schedule.js';
import { xmlText } from './xml.js';

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
