import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);
import{b as r}from"./part-WYLO4XXX.js";import{l as o,t as m}from"./part-R7NN5LT3.js";var s=o(r,"AWSSecurityTokenServiceV20110615","STSClient",m),S={},d=(t,e,n,i)=>[];export{s as a,S as b,d as c};
