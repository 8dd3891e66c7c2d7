function s(n,e){return{servicesIn:r=>n.open(r,e),retries:e}}export{s as a};
