function i(e,a){return{apiGatewayIn:n=>e.open(n,a).apiGateway,iamIn:n=>e.open(n,a).iam,retries:a}}export{i as a};
