/** What Account Management says of a region of an account (its API Reference, Region: RegionOptStatus). */
export const REGION_STATUSES = [
  'ENABLED',
  'ENABLED_BY_DEFAULT',
  'ENABLING',
  'DISABLING',
  'DISABLED',
] as const;
export type RegionStatus = (typeof REGION_STATUSES)[number];

/** Regions before 20 March 2019 and Osaka, which no account can disable. */
const BY_DEFAULT = [
  ...['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1', 'ap-southeast-1'],
  ...['ap-southeast-2', 'ca-central-1', 'eu-central-1', 'eu-north-1', 'eu-west-1', 'eu-west-2'],
  ...['eu-west-3', 'sa-east-1', 'us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'],
];

/** The others, which an account has to enable. */
const OPT_IN = [
  ...['af-south-1', 'ap-east-1', 'ap-east-2', 'ap-south-2', 'ap-southeast-3', 'ap-southeast-4'],
  ...['ap-southeast-5', 'ap-southeast-6', 'ap-southeast-7', 'ca-west-1', 'eu-central-2'],
  ...['eu-south-1', 'eu-south-2', 'il-central-1', 'me-central-1', 'me-south-1', 'mx-central-1'],
];

/**
 * The regions of an account of the partition `aws`, by name, opt-in regions disabled.
 *
 * Source: the SDKs' partitions.json for the names; AWS Account Management Reference Guide, "Enable or
 * disable AWS Regions in your account" for which of them are enabled by default.
 *
 * @param others where it is otherwise
 */
export function regionsWith(
  others: Readonly<Record<string, RegionStatus>>,
): Map<string, RegionStatus> {
  const all: [string, RegionStatus][] = [
    ...BY_DEFAULT.map((name): [string, RegionStatus] => [name, 'ENABLED_BY_DEFAULT']),
    ...OPT_IN.map((name): [string, RegionStatus] => [name, 'DISABLED']),
    ...Object.entries(others),
  ];
  return new Map([...new Map(all)].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Whether requests to a region are taken. While it is being enabled or disabled they are: AWS does not say. */
export function isUsable(status: RegionStatus | undefined): boolean {
  return status !== undefined && status !== 'DISABLED';
}
