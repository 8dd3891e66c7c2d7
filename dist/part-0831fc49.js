import{p71_a as r,p71_b as f,p71_c as s,p71_d as m,p71_e as c,p71_f as a,p71_g as p,p71_h as e}from"./audit.js";var d=class extends a(p,e,"AssumeRole",s){};export{d as a};
