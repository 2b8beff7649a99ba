/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/reproduce.h"

#include "tests/reports/render/fixture.h"
#include "tests/reports/render/reproduction.h"

#define LINE "linear dtype=f32 N=1 D=1 M=1 x=[1] w=[2] dy=[3] threads=2"

static void write_whole(const struct vjp_reproduction *r, struct capture *capture)
{
    struct vjp_error error = {""};
    capture_begin(capture);
    cr_assert_eq(vjp_reproduce_write(r, capture->file, &error), VJP_OK, "%s", error.text);
    capture_end(capture);
}

Test(reproduce, the_comment_on_top_tells_what_it_is)
{
    struct reproduction m;
    struct capture text;
    make_reproduction(&m, LINE);
    write_whole(&m.r, &text);
    static const char top[] = "/* SPDX-License-Identifier: MIT-0 */\n\n"
                              "/* Shows what the kernel mine does on one case:\n *\n *     " LINE
                              "\n *\n * wrong: dx is off\n *\n"
                              " *     cc fault.c ./mine.so -o fault && ./fault\n *\n";
    cr_expect_eq(strncmp(text.text, top, strlen(top)), 0, "%.400s", text.text);
    expect_in(text.text, "sums are in f32.\n");
    expect_in(text.text, " * Written by vjpcheck 1.2.3. */\n");
    expect_in(text.text,
              "#define KERNEL  \"mine\"\n#define LAYER   \"linear\"\n#define SECONDS 0.5 ");
    expect_in(text.text, "ACCUMULATE = 0, THREADS = 2 ");
    expect_in(text.text, "ROUNDS = 7, ROUNDS_LEAST = 2 ");
    expect_in(text.text, "enum { EXPONENT = 0, NEGATIVE = 0, ZEROS = 0 };");
    free(text.text);
    m.r.multiple = (struct vjp_multiple){-46, true, true};
    write_whole(&m.r, &text);
    expect_in(text.text, "enum { EXPONENT = -46, NEGATIVE = 1, ZEROS = 1 };");
    free(text.text);
    clear_reproduction(&m);
}

/* A kernel's words and a file's name end no comment and begin no line. */
Test(reproduce, nothing_breaks_out_of_the_comment)
{
    struct reproduction m;
    struct capture text;
    make_reproduction(&m, LINE);
    m.r.reason = "it says */ int main;\n#error \033[31m";
    m.r.library = "my libs/*/mine.so";
    write_whole(&m.r, &text);
    expect_in(text.text, "wrong: it says * / int main;?#error ?[31m\n");
    expect_in(text.text, "cc fault.c 'my libs/* /mine.so' -o");
    expect_not_in(text.text, "*/ int main;");
    free(text.text);
    clear_reproduction(&m);
}

Test(reproduce, the_command_follows_the_names)
{
    static const struct {
        const char *file, *library, *command;
    } known[] = {
        {"fault.c", "./k.so", "cc fault.c ./k.so -o fault && ./fault"},
        {"a/b.c", "/x/k.so", "cc a/b.c /x/k.so -o a/b && a/b"},
        {"my fault.c", "./it's.so",
         "cc 'my fault.c' './it'\\''s.so' -o 'my fault' && ./'my fault'"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct vjp_text command = {0};
        vjp_reproduce_add_command(
            &command,
            &(struct vjp_reproduction){.file = known[i].file, .library = known[i].library});
        cr_expect_str_eq(command.data, known[i].command);
        vjp_text_clear(&command);
    }
}

/* Of the contract all but the helpers for kernels; of DLPack what it needs; no include but the C library's. */
Test(reproduce, the_file_stands_alone)
{
    static const char *const headers[] = {"float",  "inttypes",  "math",   "signal",   "stdarg",
                                          "stdio",  "stdatomic", "stdlib", "string",   "sys/mman",
                                          "time",   "sys/wait",  "unistd", "ucontext", "stddef",
                                          "stdint", "locale"};
    struct reproduction m;
    struct capture text, again;
    make_reproduction(&m, LINE);
    write_whole(&m.r, &text);
    write_whole(&m.r, &again);
    cr_expect_str_eq(text.text, again.text);
    free(again.text);
    for (const char *at = text.text; (at = strstr(at, "#include")); at++) {
        bool known = false;
        for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
            char line[64];
            snprintf(line, sizeof line, "#include <%s.h>\n", headers[i]);
            known |= strncmp(at, line, strlen(line)) == 0;
        }
        cr_expect(known, "%.40s", at);
    }
    expect_in(text.text, "} DLTensor;");
    expect_in(text.text, "struct vjp_abi_call {");
    expect_in(text.text, "extern VJP_ABI_EXPORT const struct vjp_abi_plugin vjp_abi_descriptor;");
    expect_not_in(text.text, "vjp_abi_find");
    expect_not_in(text.text, "GPL");
    free(text.text);
    clear_reproduction(&m);
}

Test(reproduce, a_case_that_is_too_large_is_refused_before)
{
    struct vjp_error error = {""};
    struct vjp_case c;
    cr_assert_eq(vjp_case_parse(LINE, &c, &error), VJP_OK);
    cr_expect_eq(vjp_reproduce_check(&c, &error), VJP_OK);
    vjp_case_clear(&c);
    cr_assert_eq(vjp_case_parse("linear dtype=f32 N=64 D=100 M=100", &c, &error), VJP_OK);
    cr_expect_eq(vjp_reproduce_check(&c, &error), VJP_OK);
    vjp_case_clear(&c);
    /* 10^6 elements of dw, 3 numbers each, are no 16 MiB. */
    cr_assert_eq(vjp_case_parse("linear dtype=f32 N=1 D=1000 M=1000", &c, &error), VJP_OK);
    cr_expect_eq(vjp_reproduce_check(&c, &error), VJP_ERR_LIMIT);
    expect_in(error.text, " MiB, and may have 16: ");
    vjp_case_clear(&c);
    cr_assert_eq(vjp_case_parse("linear dtype=f32 N=100000 D=100000 M=1", &c, &error), VJP_OK);
    cr_expect_eq(vjp_reproduce_check(&c, &error), VJP_ERR_LIMIT);
    vjp_case_clear(&c);
}
