import{p68_a as r,p68_b as f,p68_c as s,p68_d as m,p68_e as c,p68_f as a,p68_g as p,p68_h as e}from"./audit.js";var d=class extends a(p,e,"AssumeRole",s){};export{d as a};
