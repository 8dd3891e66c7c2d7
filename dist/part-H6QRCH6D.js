import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);
var t="AWS_IAM",n=["CUSTOM","COGNITO_USER_POOLS","JWT"];function r(o){return n.some(e=>e===o)}function T(o){return o===t}export{t as a,n as b,r as c,T as d};
