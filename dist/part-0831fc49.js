import{p64_a as r,p64_b as f,p64_c as s,p64_d as m,p64_e as c,p64_f as a,p64_g as p,p64_h as e}from"./audit.js";var d=class extends a(p,e,"AssumeRole",s){};export{d as a};
