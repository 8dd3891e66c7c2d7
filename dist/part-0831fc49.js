import{p73_a as r,p73_b as f,p73_c as s,p73_d as m,p73_e as c,p73_f as a,p73_g as p,p73_h as e}from"./audit.js";var d=class extends a(p,e,"AssumeRole",s){};export{d as a};
