/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/observation.h"

void vjp_observation_clear_answers(struct vjp_observation *observation)
{
    for (int placement = 0; placement < 2; placement++) {
        for (int slot = 0; slot < VJP_MAX_SLOTS; slot++)
            vjp_tensor_clear(&observation->answer[placement][slot]);
    }
}

void vjp_observation_clear(struct vjp_observation *observation)
{
    vjp_observation_clear_answers(observation);
    *observation = (struct vjp_observation){.unwritten_slot = -1, .repeat_slot = -1};
}
