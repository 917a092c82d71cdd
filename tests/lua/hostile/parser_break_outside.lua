-- expect: error
break
