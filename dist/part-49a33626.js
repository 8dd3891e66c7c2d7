import{p2_a as o,p2_b as t,p2_c as c}from"./start.js";var s=o((e,a)=>{a.exports=process.getBuiltinModule("node:async_hooks")}),_=s();export{_ as default};
