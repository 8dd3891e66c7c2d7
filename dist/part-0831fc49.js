import{p72_a as r,p72_b as f,p72_c as s,p72_d as m,p72_e as c,p72_f as a,p72_g as p,p72_h as e}from"./audit.js";var d=class extends a(p,e,"AssumeRole",s){};export{d as a};
