import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);
import{l as o}from"./part-5A4QCZWM.js";import"./part-PIPEKXRM.js";var t=o();if(t!==""){let{runAsPost:a}=await import("./part-CI7RO7YD.js");process.exitCode=await a(t)}
