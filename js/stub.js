// The inline stub: collects calls until twin.js is there. If the page ends before, the next one sends its events, without
// customer data, and only where the tag leaves consent to the page.
!function(w,q){w.twin||((w.twin=function(){arguments.t=[+new Date,location.href.split(/[?#]/)[0]];q.push(arguments)}).q=q,addEventListener("pagehide",()=>{try{q[0]&&!document.querySelector("[data-consent]")&&(localStorage._twin_q=JSON.stringify(q.splice(0).flatMap(c=>c[0]=="track"?[[c.t,...c]]:[]),(k,v)=>k=="user"?null:v).replace(/[^"]*@[^"]*/g,""))}catch{}}))}(window,[])
