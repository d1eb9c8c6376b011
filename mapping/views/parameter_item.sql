-- The items of a parameter that is a list: separated by commas, without white space around them.
SELECT p.name, trim(j.value) AS item
  FROM parameter p
  JOIN json_each('["' || replace(replace(replace(p.value, '\', '\\'), '"', '\"'), ',', '","') || '"]') j
 WHERE trim(j.value) <> ''
