import{p3_a as o,p3_b as t,p3_c as c}from"./start.js";var s=o((e,a)=>{a.exports=process.getBuiltinModule("node:async_hooks")}),_=s();export{_ as default};
