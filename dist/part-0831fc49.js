import{p67_a as r,p67_b as f,p67_c as s,p67_d as m,p67_e as c,p67_f as a,p67_g as p,p67_h as e}from"./audit.js";var d=class extends a(p,e,"AssumeRole",s){};export{d as a};
