import{p58_a as r,p58_b as f,p58_c as s,p58_d as m,p58_e as c,p58_f as a,p58_g as p,p58_h as e}from"./audit.js";var d=class extends a(p,e,"AssumeRole",s){};export{d as a};
