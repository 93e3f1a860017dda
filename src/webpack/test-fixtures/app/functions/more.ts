export const more = async () => 'MORE_CODE'
export const further = async () => 'further'
