# What an Azure Policy definition says of a resource, for the comparison with our rules: a small
# evaluator of the policy language, written from its documentation and checked against the
# evaluation cases in policy/oracle. It knows field, value, count (of a field), allOf, anyOf, not and
# the operators below; anything else is an error, and no answer. A condition on a missing property
# compares with the empty string. Not part of evpack: it is what the test holds against it.
def low: if type == "string" then ascii_downcase else . end;
# Text as the language compares it: strings, numbers and booleans without regard to case.
def text: if . == null then "" elif type == "string" then ascii_downcase
          elif type == "object" or type == "array" then tojson else tostring end;
def member($o; $k): if ($o | type) == "object"
    then ([$o | to_entries[] | select((.key | ascii_downcase) == $k) | .value] | if length == 0 then null else .[0] end)
    else null end;
# The values at a path such as properties.list[*].name, of which "bound" ($bound.path, in lower
# case) stands for one element, $bound.value.
def at($path; $bound):
    ($path | ascii_downcase) as $p
    | if $bound != null and ($p == $bound.path or ($p | startswith($bound.path + ".")))
      then {from: $bound.value, rest: ($p[($bound.path | length):] | ltrimstr("."))}
      else {from: ., rest: $p} end
    | reduce (.rest | if . == "" then [] else split(".") end)[] as $s ([.from];
        ($s | rtrimstr("[*]")) as $name
        | map(if $name == "" then . else member(.; $name) end)
        | if ($s | endswith("[*]")) then map(if type == "array" then .[] else empty end) else . end);
def path_of($name): ($name | ascii_downcase) as $n
    | if $n == "type" or $n == "kind" or $n == "name" or $n == "location" or $n == "id"
         or ($n | startswith("identity.")) or ($n | startswith("tags."))
         or ($n | startswith("sku.")) then $n
      elif $aliases[$n] != null then $aliases[$n]
      elif ($n | test("/|\\[[^*]") | not) then $n
      else error("no path for " + $name) end;
def pad($n): tostring | if length >= $n then . else ("0" * ($n - length) // "") + . end;
# A literal, or one of the few functions that the definitions here call.
def value_of($v; $ctx):
    if ($v | type) != "string" or ($v | startswith("[") | not) or ($v | startswith("[["))
    then $v | if type == "string" then ltrimstr("[[") else . end
    else ($v | capture("^\\[parameters\\('(?<p>[^']+)'\\)\\]$").p // null) as $p
      | ($v | capture("^\\[padLeft\\(parameters\\('(?<p>[^']+)'\\), 3, '0'\\)\\]$").p // null) as $q
      | ($v | capture("^\\[padLeft\\(current\\('(?<p>[^']+)'\\), 3, '0'\\)\\]$").p // null) as $c
      | if $p != null then $ctx.parameters[$p]
        elif $q != null then $ctx.parameters[$q] | pad(3)
        elif $c != null then ($ctx.resource | at(path_of($c); $ctx.bound))[0] // "" | pad(3)
        elif $v == "[requestContext().apiVersion]" then "9999-12-31"
        else error("no function for " + $v) end
    end;
def order($a; $b): if ($a | type) == "number" and ($b | type) == "number" then [$a, $b]
    else [($a | text), ($b | text)] end;
def compare($c; $x; $ctx):
    if $c.equals != null then ($x | text) == (value_of($c.equals; $ctx) | text)
    elif $c.notEquals != null then ($x | text) != (value_of($c.notEquals; $ctx) | text)
    elif $c.exists != null then (($x != null) | tostring) == (value_of($c.exists; $ctx) | text)
    elif $c.in != null then ($x | text) as $t | any(value_of($c.in; $ctx)[]; text == $t)
    elif $c.notIn != null then ($x | text) as $t | all(value_of($c.notIn; $ctx)[]; text != $t)
    elif $x == null and ($c.less // $c.lessOrEquals // $c.greater // $c.greaterOrEquals) != null then false
    elif $c.less != null then order($x; value_of($c.less; $ctx)) | .[0] < .[1]
    elif $c.lessOrEquals != null then order($x; value_of($c.lessOrEquals; $ctx)) | .[0] <= .[1]
    elif $c.greater != null then order($x; value_of($c.greater; $ctx)) | .[0] > .[1]
    elif $c.greaterOrEquals != null then order($x; value_of($c.greaterOrEquals; $ctx)) | .[0] >= .[1]
    else error("no operator in " + ($c | tojson)) end;
def holds($c; $ctx):
    if $c.allOf != null then all($c.allOf[]; holds(.; $ctx))
    elif $c.anyOf != null then any($c.anyOf[]; holds(.; $ctx))
    elif $c.not != null then holds($c.not; $ctx) | not
    elif $c.count != null and $c.count.value != null then
        # Of a parameter's list: every where counts, or none where the list is empty.
        value_of($c.count.value; $ctx) as $list
        | if ($list | length) == 0 or $c.count.where == null then compare($c; ($list | length); $ctx)
          else error("count of a value with where") end
    elif $c.count != null then
        path_of($c.count.field) as $p
        | [($ctx.resource | at($p; $ctx.bound))[] as $e
           | if $c.count.where == null then 1
             else select(holds($c.count.where; $ctx + {bound: {path: ($p | ascii_downcase), value: $e}})) end] as $n
        | compare($c; ($n | length); $ctx)
    elif $c.field != null then
        path_of($c.field) as $p
        | ($ctx.resource | at($p; $ctx.bound)) as $found
        # A list outside of a count: each element must hold, and there may be none.
        | if ($p | contains("[*]")) and ($ctx.bound == null or ($p | ascii_downcase | startswith($ctx.bound.path) | not))
          then all($found[]; . as $x | compare($c; $x; $ctx))
          else compare($c; $found[0]; $ctx) end
    elif ($c | has("value")) then compare($c; value_of($c.value; $ctx); $ctx)
    else error("no condition in " + ($c | tojson)) end;
# Whether a definition speaks of a resource: only what is said of its type counts.
def speaks($c; $ctx):
    if $c.allOf != null then all($c.allOf[]; speaks(.; $ctx))
    elif $c.anyOf != null then any($c.anyOf[]; speaks(.; $ctx))
    elif $c.field != null and (($c.field | ascii_downcase) == "type") then holds($c; $ctx)
    else true end;
