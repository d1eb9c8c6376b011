/*
 * What the findings rest on, for the page: what the PDF's annex says, in members of the island.
 *
 * ,"kinds":{"rows":[[kind,objects,summaries,assessed]],"total"}   the population
 * ,"completeness":[[word,files,records]]
 * ,"subscriptions":[[id,name|null]]
 * ,"gaps":{"total","findings","kinds":[[what,findings,resources,[commands],more of them]],
 *     "rows":[[subject,what,findings,command]]}  each with its command
 * ,"notes":{"total","rows":[[snapshot,subject|null,text,command|null]]}  of the ledgers
 * ,"untested":[control ids without a finding]
 * ,"files":{"total","rows":[[path,original|null,sha256,kind,completeness,records,size,reason|null,
 *     redacted sha256 | null]]}
 * ,"redacted":{"files","withheld"},"withheld":[paths],"copies":[paths]   absent when every file is
 * in the package as it is; what is withheld is there whole, so that no link leads to a file that is
 * not there
 * ,"custody":{"total","rows":[[at,event,by,reason,detail,sha256]]}
 *
 * Lists are capped; total is how many there are.
 */
#ifndef EVPACK_REPORT_ISLAND_BACKING_H
#define EVPACK_REPORT_ISLAND_BACKING_H

#include "report/island_put.h"

evpack_status island_backing(island *i, evpack_err *err) EVPACK_MUST_USE;

#endif
