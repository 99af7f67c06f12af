// Where a lesson was before it had a page of its own: leads on to it.
location.replace(location.href.replace(/\/lab(-[a-z]+)?\/(?=(index\.html)?(\?|#|$))/, '/notebooks$1/'));
