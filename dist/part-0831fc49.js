import{p69_a as r,p69_b as f,p69_c as s,p69_d as m,p69_e as c,p69_f as a,p69_g as p,p69_h as e}from"./audit.js";var d=class extends a(p,e,"AssumeRole",s){};export{d as a};
