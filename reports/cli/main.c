/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/cli.h"

int main(int argc, char **argv)
{
    return vjp_cli_main(argc, (const char **)argv);
}
