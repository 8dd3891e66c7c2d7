import { describe, expect, test } from '@jest/globals';
import { baseUrlOf, invokeUrlOf, isBaseUrlTemplate } from '../../../src/smoke/endpoint.js';

const ADDRESS = { apiId: 'a1b2c3', stage: 'prod', region: 'eu-west-1' };

describe('the invoke URL', () => {
  // AWS General Reference: execute-api endpoints and the partitions' DNS suffixes.
  test.each([
    ['eu-west-1', 'https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod'],
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
    expect(isBaseUrlTemplate(template)).toBeNull();
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
    expect(isBaseUrlTemplate(template)).toContain(why);
  });
});
