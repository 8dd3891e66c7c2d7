import{p70_a as r,p70_b as f,p70_c as s,p70_d as m,p70_e as c,p70_f as a,p70_g as p,p70_h as e}from"./audit.js";var d=class extends a(p,e,"AssumeRole",s){};export{d as a};
