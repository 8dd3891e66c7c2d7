import{p56_a as r,p56_b as f,p56_c as s,p56_d as m,p56_e as c,p56_f as a,p56_g as p,p56_h as e}from"./audit.js";var d=class extends a(p,e,"AssumeRole",s){};export{d as a};
