# Turns text files into a C++ source that holds them, one after the other, as one string.
#   cmake -DINPUT=file[,file...] -DOUTPUT=file.cpp -DNAMESPACE=name -DFUNCTION=name -P embed_text.cmake
# Raw string literals are limited in length by some compilers, so the text is cut into pieces.
string(REPLACE "," ";" files "${INPUT}")
set(source "// Generated from text files at build time.\n#include <string_view>\n\n")
string(APPEND source "namespace rollcast::${NAMESPACE} {\n\nstd::string_view ${FUNCTION}();\n\n")
string(APPEND source "std::string_view ${FUNCTION}() {\n    return\n")
foreach(file ${files})
    file(READ ${file} text)
    string(LENGTH "${text}" length)
    set(at 0)
    while(at LESS length)
        string(SUBSTRING "${text}" ${at} 8000 piece)
        string(APPEND source "R\"rollcast(${piece})rollcast\"\n")
        math(EXPR at "${at} + 8000")
    endwhile()
endforeach()
string(APPEND source ";\n}\n\n}  // namespace rollcast::${NAMESPACE}\n")
file(WRITE ${OUTPUT} "${source}")
