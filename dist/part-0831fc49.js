import{p74_a as r,p74_b as f,p74_c as s,p74_d as m,p74_e as c,p74_f as a,p74_g as p,p74_h as e}from"./audit.js";var d=class extends a(p,e,"AssumeRole",s){};export{d as a};
