import{p61_a as r,p61_b as f,p61_c as s,p61_d as m,p61_e as c,p61_f as a,p61_g as p,p61_h as e}from"./audit.js";var d=class extends a(p,e,"AssumeRole",s){};export{d as a};
