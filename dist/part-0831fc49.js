import{a as s,b as a,c as o}from"./part-91299355.js";import{d as r}from"./part-25085bbc.js";var t=class extends s(a,o,"AssumeRole",r){};export{t as a};
