import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);
var n="AWS_IAM";function o(e){return e===n}export{n as a,o as b};
