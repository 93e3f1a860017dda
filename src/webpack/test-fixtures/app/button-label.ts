export const label = 'BUTTON_LABEL_CODE'
