/** Whether a text has the form of a region's name, such as `eu-west-1` or `us-gov-west-1`. */
export function isRegionName(text: string): boolean {
  return /^[a-z]{2,}(-[a-z]+)+-\d{1,2}$/.test(text);
}
