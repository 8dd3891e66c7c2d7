import{p59_a as r,p59_b as f,p59_c as s,p59_d as m,p59_e as c,p59_f as a,p59_g as p,p59_h as e}from"./audit.js";var d=class extends a(p,e,"AssumeRole",s){};export{d as a};
