import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);
import{o}from"./part-X5P2I2T6.js";import"./part-PIPEKXRM.js";var t=o();if(t!==""){let{runAsPost:a}=await import("./part-WAAECV6D.js");process.exitCode=await a(t)}
