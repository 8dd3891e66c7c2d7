import{p2_a as o,p2_b as s,p2_c as c}from"./start.js";var t=o((a,p)=>{p.exports=process.getBuiltinModule("node:http")}),f=t();export{f as default};
