const REGION = /^[a-z]{2,}(?:-[a-z]+)+-\d{1,2}$/;

/** Whether a text is the name of a region as AWS gives them, such as `eu-west-1` or `us-iso-east-1`. */
export function isRegionName(text: string): boolean {
  return REGION.test(text);
}
