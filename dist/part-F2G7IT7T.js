import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);
import{a}from"./part-OX43TDFC.js";import"./part-QT6EJVF6.js";import"./part-WYLO4XXX.js";import"./part-F3LEQFCC.js";import"./part-R7NN5LT3.js";import"./part-QS2AXM3O.js";import"./part-443LU5IV.js";import"./part-PIPEKXRM.js";export{a as readOwnAccount};
