# Turns a text file into a C++ source that holds it as one string.
#   cmake -DINPUT=file -DOUTPUT=file.cpp -DFUNCTION=name -P embed_text.cmake
# Raw string literals are limited in length by some compilers, so the text is cut into pieces.
file(READ ${INPUT} text)
string(LENGTH "${text}" length)
set(source "// Generated from a text file at build time.\n#include <string_view>\n\n")
string(APPEND source "namespace rollcast::scenarios {\n\nstd::string_view ${FUNCTION}();\n\n")
string(APPEND source "std::string_view ${FUNCTION}() {\n    return\n")
set(at 0)
while(at LESS length)
    string(SUBSTRING "${text}" ${at} 8000 piece)
    string(APPEND source "R\"rollcast(${piece})rollcast\"\n")
    math(EXPR at "${at} + 8000")
endwhile()
string(APPEND source ";\n}\n\n}  // namespace rollcast::scenarios\n")
file(WRITE ${OUTPUT} "${source}")
