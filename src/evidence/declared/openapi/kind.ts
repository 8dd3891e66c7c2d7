import type { ApiKind } from '../../../model/api-kind.js';
import { get, isMap, type Node, scalarText } from '../node.js';

/** The kind of API that a document alone is written for; OpenAPI 2 is imported as REST alone. */
export function kindOfDocument(document: Node): ApiKind {
  if (get(document, 'swagger') !== undefined) return 'REST';
  const text = JSON.stringify(marks(document));
  return /x-amazon-apigateway-cors|payloadFormatVersion|"jwt"|\$default/.test(text)
    ? 'HTTP'
    : 'REST';
}

/** The keys and a few values that only a document for HTTP APIs has. */
function marks(document: Node): unknown {
  const paths = get(document, 'paths');
  const schemes = get(document, 'components', 'securitySchemes');
  return [
    isMap(document) ? document.entries.map(({ key }) => key) : [],
    isMap(paths)
      ? paths.entries.flatMap(({ key, value }) => [
          key,
          ...(isMap(value)
            ? value.entries.flatMap(({ value: operation }) => {
                const integration = get(operation, 'x-amazon-apigateway-integration');
                return isMap(integration) ? integration.entries.map((it) => it.key) : [];
              })
            : []),
        ])
      : [],
    isMap(schemes)
      ? schemes.entries.map(({ value }) =>
          scalarText(get(value, 'x-amazon-apigateway-authorizer', 'type')),
        )
      : [],
  ];
}
