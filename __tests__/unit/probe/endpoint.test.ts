import { describe, expect, test } from '@jest/globals';
import {
  baseUrlOf,
  defaultEndpointOf,
  headersOfAddress,
  invokeUrlOf,
  parseBaseUrlTemplate,
} from '../../../src/probe/endpoint.js';

const ADDRESS = { apiId: 'a1b2c3', stage: 'prod', region: 'eu-west-1' };

describe('the invoke URL', () => {
  // AWS General Reference: execute-api endpoints and the partitions' DNS suffixes.
  test.each([
    ['eu-west-1', 'https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod'],
    ['eusc-de-east-1', 'https://a1b2c3.execute-api.eusc-de-east-1.amazonaws.eu/prod'],
    ['us-gov-west-1', 'https://a1b2c3.execute-api.us-gov-west-1.amazonaws.com/prod'],
    ['cn-north-1', 'https://a1b2c3.execute-api.cn-north-1.amazonaws.com.cn/prod'],
    ['cn-northwest-1', 'https://a1b2c3.execute-api.cn-northwest-1.amazonaws.com.cn/prod'],
  ])('of %s has its partition: %s', (region, url) => {
    expect(invokeUrlOf({ ...ADDRESS, region })).toBe(url);
    expect(baseUrlOf({ ...ADDRESS, region }, null)).toBe(url);
  });
});

describe('a template', () => {
  test.each([
    ['https://api.example.com', 'https://api.example.com'],
    ['https://api.example.com/orders//', 'https://api.example.com/orders'],
    ['https://{api-id}.{region}.example.com/{stage}/', 'https://a1b2c3.eu-west-1.example.com/prod'],
    ['http://127.0.0.1:4510/{api-id}/{stage}/{stage}', 'http://127.0.0.1:4510/a1b2c3/prod/prod'],
  ])('%s is filled: %s', (template, url) => {
    expect(baseUrlOf(ADDRESS, template)).toBe(url);
  });

  test.each([
    'https://api.example.com',
    'https://{api-id}.example.com:8443/{stage}',
    'http://localhost:4510',
    'http://127.0.0.1/x',
    'http://[::1]:4510',
  ])('%s can be one', (template) => {
    expect(parseBaseUrlTemplate(template)).toEqual({ ok: true, value: template });
  });

  test.each([
    ['https://{id}.example.com', '{id}'],
    ['https://{API-ID}.example.com', '{API-ID}'],
    ['api.example.com', 'not a URL'],
    ['https://', 'not a URL'],
    ['http://api.example.com', 'not https'],
    ['http://127.0.0.1.example.com', 'not https'],
    ['http://localhost.example.com', 'not https'],
    ['http://128.0.0.1', 'not https'],
    ['ftp://127.0.0.1', 'not https'],
    ['javascript:alert(1)', 'not https'],
    ['https://u@api.example.com', 'credentials'],
    ['https://:p@api.example.com', 'credentials'],
    ['https://api.example.com/?a=b', 'query'],
    ['https://api.example.com/#a', 'fragment'],
  ])('%s cannot: %s', (template, why) => {
    expect(parseBaseUrlTemplate(template)).toEqual({
      ok: false,
      why: expect.stringContaining(why),
    });
  });
});

describe('a default endpoint', () => {
  // AWS General Reference, "Amazon API Gateway endpoints and quotas"; the SDK's table of partitions.
  test.each([
    'https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod',
    'https://a1b2c3.execute-api.eu-west-1.api.aws/prod',
    'https://A1B2C3.execute-api.eu-west-1.amazonaws.com./prod',
    'https://a1b2c3.execute-api-fips.us-east-1.amazonaws.com/prod',
    'https://a1b2c3.execute-api-fips.us-east-1.api.aws/prod',
    'https://a1b2c3.execute-api.us-gov-west-1.amazonaws.com/prod',
    'https://a1b2c3.execute-api.cn-north-1.amazonaws.com.cn/prod',
    'https://a1b2c3.execute-api.cn-north-1.api.amazonwebservices.com.cn/prod',
    'https://a1b2c3.execute-api.eusc-de-east-1.amazonaws.eu/prod',
    'https://a1b2c3.execute-api.eusc-de-east-1.api.amazonwebservices.eu/prod',
    'https://a1b2c3-vpce-0a1b2c.execute-api.eusc-de-east-1.amazonaws.eu/prod',
  ])('is %s', (url) => {
    expect(defaultEndpointOf(url)).toMatchObject({ apiId: 'a1b2c3', stage: 'prod', rest: '' });
    expect(headersOfAddress(url, 'a1b2c3')).toEqual({});
  });

  test.each([
    'https://vpce-0a1b2c.execute-api.eu-west-1.vpce.amazonaws.com/prod',
    'https://vpce-0a1b2c-x1y2z3.execute-api.eu-west-1.vpce.amazonaws.com/prod',
    'https://vpce-0a1b2c-x1y2z3-eu-west-1a.execute-api.eu-west-1.vpce.amazonaws.com/prod',
    'https://vpce-0a1b2c-x1y2z3.execute-api.cn-north-1.vpce.amazonaws.com.cn/prod',
    'https://vpce-0a1b2c-x1y2z3.execute-api.eusc-de-east-1.vpce.amazonaws.eu/prod',
  ])('of a VPC endpoint, %s, is told which API is meant', (url) => {
    expect(defaultEndpointOf(url)).toMatchObject({ apiId: null, stage: 'prod' });
    expect(headersOfAddress(url, 'a1b2c3')).toEqual({ 'x-apigw-api-id': 'a1b2c3' });
  });

  test.each([
    'https://api.example.com/prod',
    'https://a1b2c3.execute-api.eu-west-1.amazonaws.com.example.com/prod',
    'https://a1b2c3.execute-api.eu-west-1.amazonaws.eu/prod',
    'https://a1b2c3.execute-api.eusc-de-east-1.amazonaws.com/prod',
    'https://execute-api.eu-west-1.amazonaws.com/prod',
    'https://vpce.example.com/prod',
    'http://127.0.0.1:4510/a1b2c3/prod',
  ])('is not %s', (url) => {
    expect(defaultEndpointOf(url)).toBeNull();
    expect(headersOfAddress(url, 'a1b2c3')).toEqual({});
  });
});
