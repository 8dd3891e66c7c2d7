import type { Question } from '../question.js';
import { HTTP_ANSWERS } from './http-answers.js';
import { HTTP_CONTROL } from './http-control.js';
import { HTTP_EXPORT, WEBSOCKET_EXPORT } from './http-export.js';
import { REST_CONTROL } from './rest-control.js';
import { REST_ENDPOINT } from './rest-endpoint.js';
import { WEBSOCKET_HANDSHAKE } from './websocket-handshake.js';

/** All questions, in the order in which they are asked. */
export const QUESTIONS: readonly Question[] = [
  ...REST_ENDPOINT,
  ...REST_CONTROL,
  ...HTTP_EXPORT,
  ...HTTP_ANSWERS,
  ...HTTP_CONTROL,
  ...WEBSOCKET_HANDSHAKE,
  ...WEBSOCKET_EXPORT,
];
