import { z } from 'zod';
import { GATEWAY_RESPONSE_TYPES } from './control-plane/gateway-response-types.js';
import { organizationSchema } from './estate/schema.js';
import { fleetSchema } from './fleet/schema.js';
import { httpApi, untold, webSocketApi } from './v2/seed-schema.js';

const authorization = z.enum(['NONE', 'AWS_IAM', 'CUSTOM', 'COGNITO_USER_POOLS', 'JWT']);

/** "GET /pets/{id}": the path is taken as it is, so that hostile ones can be seeded. */
const methodKey = z
  .string()
  .regex(/^(GET|PUT|POST|DELETE|PATCH|OPTIONS|HEAD|ANY) \//, 'must look like "GET /pets/{id}"');

const integration = z.union([
  z.literal('MOCK'),
  /** A method that nobody gave a backend: CreateDeployment refuses it. */
  z.literal('none'),
  z.strictObject({
    type: z.enum(['MOCK', 'HTTP', 'HTTP_PROXY', 'AWS', 'AWS_PROXY']),
    uri: z.string().optional(),
    httpMethod: z.string().optional(),
    /** What a MOCK answers; ignored by the others. */
    status: z.number().int().min(100).max(599).optional(),
    body: z.string().optional(),
    /** Answers of an HTTP_PROXY go on as they come, and need not end. */
    stream: z.boolean().optional(),
  }),
]);

const method = z.strictObject({
  auth: authorization.default('NONE'),
  /** Name of one of the API's authorizers. */
  authorizer: z.string().optional(),
  scopes: z.array(z.string()).optional(),
  apiKey: z.boolean().default(false),
  integration: integration.default('MOCK'),
  /** Adds the CORS headers of a preflight to the 200 response. */
  cors: z.boolean().default(false),
  operationName: z.string().optional(),
  /** Request parameters such as `method.request.querystring.page`, and whether they are required. */
  parameters: z.record(z.string(), z.boolean()).optional(),
  /** What a request validator looks at. */
  validate: z.enum(['parameters', 'body', 'all']).optional(),
  /** The gateway response that every request gets that comes so far, such as WAF_FILTERED. */
  gatewayResponse: z
    .string()
    .refine((type) => GATEWAY_RESPONSE_TYPES.includes(type), 'is no gateway response type')
    .optional(),
});

const repeat = z.strictObject({
  count: z.number().int().min(1).max(20_000),
  /** `#` becomes the number, from 1. */
  key: methodKey.refine((key) => key.includes('#'), 'must hold # where the number goes'),
  method: method.prefault({}),
});

const deployment = z.strictObject({
  id: z.string().min(1),
  description: z.string().optional(),
  /** Where the frozen copy has another authorization type than the methods have now. */
  auth: z.record(methodKey, authorization).default({}),
  /** Methods that did not exist yet. */
  without: z.array(methodKey).default([]),
  /** Methods that were other ones, with another backend say, or that are gone since. */
  methods: z.record(methodKey, method).default({}),
  /** Methods that it serves, and that its summary leaves out. */
  summaryWithout: z.array(methodKey).optional(),
});

const canary = z.strictObject({
  deployment: z.string(),
  percentTraffic: z.number().min(0).max(100),
  variables: z.record(z.string(), z.string()).optional(),
});

/** What a web ACL does to the requests of a stage. */
const webAcl = z.strictObject({
  action: z.union([
    z.enum(['challenge', 'captcha', 'block']),
    /** Block, with a custom response. */
    z.strictObject({
      status: z.number().int().min(200).max(599),
      headers: z.record(z.string(), z.string()).default({}),
      body: z.string().default(''),
    }),
  ]),
  /** Only requests that have this header are met. */
  header: z.string().toLowerCase().optional(),
});

const stage = z.strictObject({
  deployment: z.string(),
  description: z.string().optional(),
  webAcl: webAcl.optional(),
  canary: canary.optional(),
  variables: z.record(z.string(), z.string()).optional(),
  tags: z.record(z.string(), z.string()).optional(),
});

const authorizer = z.strictObject({
  name: z.string().min(1),
  type: z.enum(['TOKEN', 'REQUEST', 'COGNITO_USER_POOLS', 'JWT']),
  authorizerUri: z.string().optional(),
  providerARNs: z.array(z.string()).optional(),
  /** Tokens that a COGNITO_USER_POOLS or JWT method takes for valid. */
  acceptedTokens: z.array(z.string()).optional(),
});

const gatewayResponse = z.strictObject({
  statusCode: z.string().optional(),
  responseParameters: z.record(z.string(), z.string()).default({}),
  responseTemplates: z.record(z.string(), z.string()).default({}),
});

const api = z.strictObject({
  id: z.string().regex(/^[a-z0-9]{10}$/, 'must be 10 lower-case letters and digits'),
  name: z.string(),
  description: z.string().optional(),
  endpoint: z.enum(['REGIONAL', 'EDGE', 'PRIVATE']).default('REGIONAL'),
  vpcEndpointIds: z.array(z.string()).optional(),
  disableExecuteApiEndpoint: z.boolean().default(false),
  tags: z.record(z.string(), z.string()).optional(),
  /** The document itself; an object, not a string. */
  policy: z.record(z.string(), z.json()).optional(),
  /** The resource policy that deployments have; absent: the API's own, `null`: none. */
  deployedPolicy: z.record(z.string(), z.json()).nullable().optional(),
  authorizers: z.array(authorizer).default([]),
  gatewayResponses: z
    .record(
      z
        .string()
        .refine((type) => GATEWAY_RESPONSE_TYPES.includes(type), 'is no gateway response type'),
      gatewayResponse,
    )
    .default({}),
  methods: z.record(methodKey, method).default({}),
  repeat: z.array(repeat).default([]),
  deployments: z.array(deployment).default([]),
  stages: z.record(z.string(), stage).default({}),
});

/** A policy document itself; an object, not a string. */
const document = z.record(z.string(), z.json());

const path = z
  .string()
  .regex(/^\/(?:.+\/)?$/, 'must begin and end with a slash')
  .optional();

/** What users and groups have in common. */
const holder = {
  name: z.string().min(1),
  path,
  /** Inline policies by name. */
  policies: z.record(z.string(), document).default({}),
  /** Managed policies: names of the seed's, or ARNs. */
  attached: z.array(z.string()).default([]),
};

const group = z.strictObject({
  ...holder,
  /** Names of users. */
  users: z.array(z.string()).default([]),
});

const user = z.strictObject({
  ...holder,
  keys: z
    .array(z.strictObject({ accessKeyId: z.string().min(1), secretAccessKey: z.string().min(1) }))
    .default([]),
  notAllowed: z.array(z.string()).optional(),
});

const managedPolicy = z.strictObject({
  name: z.string().min(1),
  path,
  description: z.string().optional(),
  /** Version v1. */
  document,
  /** v2 and so on. */
  versions: z.array(document).max(4, 'may hold four more at most').default([]),
  /** `v1` unless given. */
  default: z.string().optional(),
  tags: z.record(z.string(), z.string()).default({}),
});

const caller = z.strictObject({
  name: z.string().min(1),
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  sessionToken: z.string().optional(),
  /** Milliseconds since the epoch. */
  expiresAtMs: z.number().optional(),
  accountId: z.string().optional(),
  arn: z.string().optional(),
  notAllowed: z.array(z.string()).optional(),
  /** Its identity policies; everything is allowed where they are not given. */
  policies: z.array(document).optional(),
  /** `aws:PrincipalOrgID`. */
  organizationId: z.string().optional(),
});

const role = z.strictObject({
  name: z.string().min(1),
  notAllowed: z.array(z.string()).optional(),
  assumable: z.boolean().optional(),
  /** Its identity policies; everything is allowed where they are not given. */
  policies: z.array(document).optional(),
  /** Its trust policy; the organization's management account may assume it where it is not given. */
  trust: document.optional(),
  maxSessionSeconds: z.number().int().min(3600).max(43_200).optional(),
});

const organization = organizationSchema({ role, caller, api });

const apiKey = z.strictObject({
  id: z.string().min(1),
  value: z.string().min(1),
  enabled: z.boolean().default(true),
});

const stack = z.strictObject({
  name: z.string().min(1),
  /** Resources on a page of ListStackResources. */
  pageSize: z.number().int().min(1).default(100),
  /** By logical id. The tags that CloudFormation sets are the API's own `tags` here, or are not there. */
  resources: z.record(
    z.string(),
    z.strictObject({
      type: z.string(),
      /** The physical id; absent while it is being created. */
      id: z.string().optional(),
      /** The name of the stack that is nested. */
      nested: z.string().optional(),
      status: z.string().default('CREATE_COMPLETE'),
    }),
  ),
});

const endpointType = z.enum(['REGIONAL', 'EDGE']);

const domainName = z.strictObject({
  name: z.string().min(1),
  endpoint: z.union([endpointType, z.array(endpointType).nonempty()]).default('REGIONAL'),
  routingMode: z
    .enum(['BASE_PATH_MAPPING_ONLY', 'ROUTING_RULE_ONLY', 'ROUTING_RULE_THEN_BASE_PATH_MAPPING'])
    .optional(),
  rules: z
    .array(
      z.strictObject({
        priority: z.number().int().min(1).max(1_000_000),
        basePaths: z.array(z.string().min(1)).default([]),
        headers: z.array(z.strictObject({ header: z.string(), valueGlob: z.string() })).default([]),
        api: z.string(),
        stage: z.string(),
        stripBasePath: z.boolean().default(false),
      }),
    )
    .default([]),
  mappings: z
    .array(
      z.strictObject({
        basePath: z.string().min(1).default('(none)'),
        api: z.string(),
        stage: z.string().optional(),
        listedBy: z.enum(['first', 'second']).optional(),
      }),
    )
    .default([]),
});

/** The format of a seed; emulator/README.md describes it. */
export const seedSchema = z.strictObject({
  $comment: z.string().optional(),
  account: z
    .strictObject({
      id: z
        .string()
        .regex(/^\d{12}$/, 'must be 12 digits')
        .optional(),
      region: z.string().optional(),
    })
    .optional(),
  callers: z.array(caller).default([]),
  roles: z.array(role).default([]),
  policies: z.array(managedPolicy).default([]),
  users: z.array(user).default([]),
  groups: z.array(group).default([]),
  /** VPC endpoints for `execute-api`. */
  vpcEndpoints: z
    .array(
      z.strictObject({
        id: z.string().regex(/^vpce-[a-z0-9]+$/, 'must look like "vpce-0a1b2c3d"'),
        vpc: z.string().min(1),
      }),
    )
    .default([]),
  apiKeys: z.array(apiKey).default([]),
  apis: z.array(api).default([]),
  httpApis: z.array(httpApi).default([]),
  webSocketApis: z.array(webSocketApi).default([]),
  untold: untold.optional(),
  domainNames: z.array(domainName).default([]),
  /** Stacks of CloudFormation. */
  stacks: z.array(stack).default([]),
  /** Many accounts, each with all of its regions, instead of one account and one region. */
  organization: organization.optional(),
  /** Many accounts as well, made of a few numbers. */
  fleet: fleetSchema.optional(),
});

/** What is written. */
export type SeedFile = z.input<typeof seedSchema>;
/** What is read, with the defaults filled in. */
export type Seed = z.output<typeof seedSchema>;
export type SeedApi = Seed['apis'][number];
export type SeedCaller = Seed['callers'][number];
export type SeedRole = Seed['roles'][number];
export type SeedOrganization = NonNullable<Seed['organization']>;
export type SeedMethod = SeedApi['methods'][string];
