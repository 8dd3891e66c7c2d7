var s={changes:[],deployments:[],kept:[],transactions:[],owners:[],notes:[],grants:[],findings:[],isFailed:!1};export{s as a};
