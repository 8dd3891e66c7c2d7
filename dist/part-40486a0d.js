import{p3_a as o,p3_b as s,p3_c as c}from"./start.js";var t=o((a,p)=>{p.exports=process.getBuiltinModule("node:http")}),f=t();export{f as default};
