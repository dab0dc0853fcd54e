# Every plugin of this build before the judge, alone, in pairs, and through layers. They may not even warn.
get_property(plugins GLOBAL PROPERTY UNITLS_PLUGIN_IDS)

# The vectors, live chains and the ends after each byte are many, slow with sanitizers, and mostly the common rule's and
# the session guard's, whose unit tests have them all; asan in tools/test --full has them, too.
set(many chains/* names/* live/* io/every-end*)
list(TRANSFORM many PREPEND "--skip=" OUTPUT_VARIABLE without_many)
list(TRANSFORM many PREPEND "--filter=" OUTPUT_VARIABLE only_many)

list(TRANSFORM plugins PREPEND unitls-plugin- OUTPUT_VARIABLE plugin_targets)
add_dependencies(unitls-conformance-tests unitls-conformance ${plugin_targets})

# What two sides have to agree on; all cases of all pairs take minutes.
set(agreement --filter=interop/* --filter=auth/* --filter=handshake/* --filter=identity/*)

# judge_plugin(NAME LABELS ... ARGUMENTS ... [CASE_TIMEOUT SECONDS])
function(judge_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "CASE_TIMEOUT" "LABELS;ARGUMENTS")
  if(NOT arg_CASE_TIMEOUT)
    set(arg_CASE_TIMEOUT 90)
  endif()
  unitls_add_script_test("${name}" TIMEOUT 600 LABELS ${arg_LABELS}
    COMMAND unitls-conformance --strict --jobs 2 --timeout ${arg_CASE_TIMEOUT} ${arg_ARGUMENTS})
  set_tests_properties("${name}" PROPERTIES PROCESSORS 2 COST 20)  # its cases have time limits
endfunction()

foreach(id IN LISTS plugins)
  set(plugin "$<TARGET_FILE:unitls-plugin-${id}>")
  if(UNITLS_SANITIZE)
    judge_plugin("conformance: ${id}" LABELS conformance ARGUMENTS "${plugin}" ${without_many})
    judge_plugin("conformance vectors: ${id}" LABELS vectors ARGUMENTS "${plugin}" ${only_many})
    continue()
  endif()
  judge_plugin("conformance: ${id}" LABELS conformance ARGUMENTS "${plugin}")
  set(clients ${plugins})
  list(REMOVE_ITEM clients ${id})
  list(TRANSFORM clients REPLACE ".+" "$<TARGET_FILE:unitls-plugin-\\0>")
  judge_plugin("conformance pairs: to ${id}" LABELS conformance ARGUMENTS ${clients} --server "${plugin}"
    ${agreement})
  judge_plugin("conformance pairs, whole: to ${id}" LABELS slow ARGUMENTS ${clients} --server "${plugin}")
endforeach()

# Layers change nothing: whatever a plugin keeps, it keeps through them. Faults that are all off; a trace that goes nowhere
# (tests/layers_test.py reads one).
get_property(layers GLOBAL PROPERTY UNITLS_LAYER_IDS)
set(fault_options seed=1)
set(trace_options format=json,to=/dev/null)
set(usual_plugin "$<TARGET_FILE:unitls-plugin-openssl>")
foreach(layer IN LISTS layers)
  add_dependencies(unitls-conformance-tests unitls-layer-${layer})
  set(through --layer "$<TARGET_FILE:unitls-layer-${layer}>:${${layer}_options}")
  if(NOT UNITLS_SANITIZE) # there everything is slow
    judge_plugin("conformance through ${layer}: openssl" LABELS conformance ARGUMENTS "${usual_plugin}" ${through}
      ${without_many} --skip=memory/* --skip=parameters/each-*)
  endif()
  set(label slow)
  set(but "")
  if(UNITLS_SANITIZE)
    set(label vectors) # beside the plugins' own
    set(but ${without_many})
  endif()
  foreach(id IN LISTS plugins)
    # Of the cases of memory, the failures multiply with what a trace allocates.
    judge_plugin("conformance through ${layer}, whole: ${id}" LABELS ${label} CASE_TIMEOUT 300
      ARGUMENTS "$<TARGET_FILE:unitls-plugin-${id}>" ${through} ${but})
  endforeach()
endforeach()
