import type { Family, Labels } from './families.js';

export const METRIC_FORMATS = ['prometheus', 'openmetrics'] as const;
export type MetricFormat = (typeof METRIC_FORMATS)[number];

/**
 * Families as text. `prometheus` is version 0.0.4, the only one that node_exporter's textfile collector reads;
 * `openmetrics` is version 1.0.0. Neither carries timestamps: the collector drops files that do.
 */
export function metricsText(families: readonly Family[], format: MetricFormat): string {
  const isOpen = format === 'openmetrics';
  const lines = families
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, type, help, unit, samples }) => {
      const sampleName = type === 'counter' ? `${name}_total` : name;
      // OpenMetrics names the family, the older form the sample.
      const head = isOpen ? name : sampleName;
      return [
        `# HELP ${head} ${help}`,
        `# TYPE ${head} ${type}`,
        ...(isOpen && unit !== undefined ? [`# UNIT ${head} ${unit}`] : []),
        ...samples.map(({ labels, value }) => `${sampleName}${labelText(labels)} ${numberText(value)}`),
      ];
    });
  return `${[...lines, ...(isOpen ? ['# EOF'] : [])].join('\n')}\n`;
}

function labelText(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(9)));
}
