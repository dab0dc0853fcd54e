# unitls/iana.hpp is what api/names/generate.cmake writes.
set(api "${CMAKE_CURRENT_LIST_DIR}/..")
execute_process(COMMAND "${CMAKE_COMMAND}" "-DOUTPUT_HEADER=${SCRATCH}" -P "${api}/names/generate.cmake"
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" -E compare_files "${SCRATCH}" "${api}/include/unitls/iana.hpp"
                RESULT_VARIABLE different)
if(different)
  message(FATAL_ERROR "api/include/unitls/iana.hpp does not match api/names/*.csv: run api/names/generate.cmake")
endif()
